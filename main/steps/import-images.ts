/** Step: pictures -> images in the store, each kind in a file of its own. */
export { importLabelled } from './import-dataset.ts'
export { importAny } from './import-any.ts'
export { importPhoto } from './import-photo.ts'
export { importPhotos } from './import-photos.ts'
export { importRenders } from './import-renders.ts'
export { importTruth } from './import-truth.ts'
