import { createPinia, setActivePinia } from 'pinia'
import { useDoor } from '../../../renderer/api.ts'
import { useApp } from '../../../renderer/stores/app.ts'
import { useDataset } from '../../../renderer/stores/dataset.ts'
import { useJobs } from '../../../renderer/stores/jobs.ts'
import { useProject } from '../../../renderer/stores/project.ts'
import { useReview } from '../../../renderer/stores/review.ts'
import { useTrain } from '../../../renderer/stores/train.ts'
import { createFake, type Fake, type FakeOptions } from '../fake-api.ts'

/** All stores over a fresh fake main side, with its project open. */
export async function openProject(options: FakeOptions = {}) {
  const fake: Fake = createFake(options)
  useDoor(fake)
  setActivePinia(createPinia())
  const stores = { app: useApp(), jobs: useJobs(), project: useProject(), dataset: useDataset(), train: useTrain(), review: useReview() }
  stores.project.start()
  stores.dataset.start()
  stores.train.start()
  stores.review.start()
  await stores.jobs.start()
  await stores.project.open('/home/line3/Line.maskwright')
  await stores.dataset.find()
  return { fake, ...stores }
}

/** Lets promises and watchers run. */
export const settle = (ms = 0) => new Promise((resolve) => { setTimeout(resolve, ms) })
