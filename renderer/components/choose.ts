import { ref } from 'vue'
import type { Input } from '../../preload/contract/api.ts'
import { call } from '../api.ts'
import { useApp } from '../stores/app.ts'

export type ChooseKind = Input<'dialog:choose'>['kind']
interface Question {
  readonly kind: ChooseKind
  readonly title: string
  readonly name?: string
  readonly answer: (paths: string[]) => void
}

/** What the page's own chooser is asked at the moment. */
export const question = ref<Question>()

/** Asks for folders or files: by the system's dialog where there is one, else by the page's own. No paths when closed. */
export async function choose(kind: ChooseKind, title: string, name?: string): Promise<string[]> {
  const app = useApp()
  if (app.native) return (await app.attempt(() => call('dialog:choose', { kind, title, name })))?.paths ?? []
  const paths = await new Promise<string[]>((answer) => { question.value = { kind, title, name, answer } })
  question.value = undefined
  return paths
}
