import { onBeforeUnmount, ref } from 'vue'
import type { CameraInfo } from '../../preload/contract/project-data.ts'
import { assets, call, on } from '../api.ts'
import { useApp } from '../stores/app.ts'
import { useProject } from '../stores/project.ts'

/** Time between two looks at a camera that the main side reads, ms. */
const lookMs = 150
const retryMs = 500

/** Cameras that the main side reads (GigE Vision, USB3 Vision, network): which there are, what one sees, and its photos. */
export function useFeed() {
  const app = useApp()
  const project = useProject()
  const cameras = ref<CameraInfo[]>([])
  const missing = ref<{ message: string; advice: string }[]>([])
  const src = ref('')
  const news = ref<{ state: 'opening' | 'live' | 'waiting' | 'failed'; reason: string }>({ state: 'opening', reason: '' })
  let session = 0
  let serial = 0
  let turns = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  const stopListening = on('camera:news', (data) => {
    if (data.session !== session) return
    news.value = { state: data.state, reason: data.reason }
    if (data.state === 'live') look()
  })

  async function find(): Promise<void> {
    const found = await app.attempt(() => call('camera:list', { projectId: project.id }))
    cameras.value = found?.cameras ?? []
    missing.value = found?.missing ?? []
  }
  function look(): void {
    if (session !== 0) src.value = assets.camera(project.id, session, ++serial)
  }
  /** The picture has been shown, or there was none: the next look. */
  function again(shown: boolean): void {
    clearTimeout(timer)
    if (news.value.state !== 'failed') timer = setTimeout(look, shown ? lookMs : retryMs)
  }
  async function open(camera: string, wish: { exposureUs: number | null; gain: number | null; lock: boolean }): Promise<{ exposureUs: number | null; gain: number | null } | undefined> {
    const turn = ++turns
    await close()
    if (turn !== turns) return undefined
    news.value = { state: 'opening', reason: '' }
    const opened = await app.attempt(() => call('camera:open', { projectId: project.id, camera, ...wish }))
    // Another camera was chosen meanwhile: this one is let go again.
    if (turn !== turns) {
      if (opened) await call('camera:close', { projectId: project.id, session: opened.session })
      return undefined
    }
    session = opened?.session ?? 0
    return opened
  }
  async function close(): Promise<void> {
    clearTimeout(timer)
    src.value = ''
    const closing = session
    session = 0
    if (closing !== 0) await app.attempt(() => call('camera:close', { projectId: project.id, session: closing }))
  }
  const snap = (tags: string[] | null) => call('camera:snap', { projectId: project.id, session, tags })

  onBeforeUnmount(() => {
    turns++
    stopListening()
    void close()
  })
  return { cameras, missing, src, news, find, open, close, again, snap }
}
