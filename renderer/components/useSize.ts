import { onBeforeUnmount, onMounted, ref, type Ref } from 'vue'

/** The size of an element in px, kept true. */
export function useSize(element: Readonly<Ref<HTMLElement | null>>) {
  const size = ref({ width: 0, height: 0 })
  const observer = new ResizeObserver(([entry]) => {
    size.value = { width: entry.contentRect.width, height: entry.contentRect.height }
  })
  onMounted(() => {
    if (element.value === null) return
    size.value = { width: element.value.clientWidth, height: element.value.clientHeight }
    observer.observe(element.value)
  })
  onBeforeUnmount(() => observer.disconnect())
  return size
}
