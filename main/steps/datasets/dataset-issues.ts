import { AppError, type ErrorCode } from '../../../preload/contract/error.ts'
import type { ImportIssue } from '../../../preload/contract/model.ts'

const issue = (code: ErrorCode, file: string, message: string, advice: string): ImportIssue => ({ code, file, message, advice })

/** Everything odd that an import can say about a dataset made elsewhere. */
export const datasetIssues = {
  pictureMissing: (file: string, list: string) => issue('not-found', file, `${list} lists the picture ${file}, which is not in the folder.`,
    'Put the picture there, or import without it.'),
  unlisted: (file: string) => issue('mask-missing', file, `The picture ${file} is in no list of the dataset.`, 'Label it, or leave it out.'),
  withoutPicture: (list: string, count: number) => issue('not-found', list,
    count === 1 ? `1 annotation of ${list} belongs to no picture of its list.` : `${count} annotations of ${list} belong to no picture of its list.`, 'Export the dataset again with its pictures.'),
  unknownCategory: (file: string, category: string) => issue('classes-unreadable', file,
    `${file} has outlines of the category ${category}, which the dataset does not name; these count as ignore.`,
    'Add the category to the names of the dataset and import again.'),
  outside: (file: string) => issue('mask-size', file, `An outline of ${file} lies wholly outside the picture and was passed over.`,
    'Check that outlines and picture belong together and have the same size.'),
  cut: (file: string) => issue('mask-size', file, `An outline of ${file} reaches out of the picture and was cut off at its border.`,
    'Nothing to do if it is by a few pixels; else check that outlines and picture belong together.'),
  notOutline: (file: string, what: string) => issue('mask-unreadable', file, `An annotation of ${file} ${what}; it was passed over.`,
    'Export the dataset with outlines or masks of the objects.'),
  otherSize: (file: string, listed: string, found: string) => issue('mask-size', file, `The picture ${file} is ${found}, its dataset says ${listed}.`,
    'Export the dataset again with the pictures it was labelled on.'),
  labelsMissing: (file: string, wanted: string) => issue('mask-missing', file, `The picture ${file} has no ${wanted}.`,
    'Label it (an empty file says that nothing is on it), or leave it out.'),
  labelsAlone: (file: string) => issue('not-found', file, `The labels ${file} have no picture.`, 'Put the picture of the same name beside them.'),
  broken: (file: string, why: string) => issue('mask-unreadable', file, `The labels ${file} cannot be used: ${why}.`, 'Export them again.'),
  wholeMasks: (file: string) => issue('mask-missing', file, `${file} has no mask_visib; its masks of whole objects were taken, hidden parts included.`,
    'Render with masks of the visible parts.'),
} as const

export const datasetUnreadable = (path: string, why: string, advice: string) =>
  new AppError({ code: 'dataset-unreadable', subject: path, message: `${path} cannot be read as a dataset: ${why}.`, advice })
