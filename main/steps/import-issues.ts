import type { ErrorCode } from '../../preload/contract/error.ts'
import type { ImportIssue } from '../../preload/contract/model.ts'

/** One file that an import leaves out; the rest goes on. */
export class IssueError extends Error {
  readonly issue: ImportIssue
  constructor(issue: ImportIssue) {
    super(issue.message)
    this.name = 'IssueError'
    this.issue = issue
  }
}

const issue = (code: ErrorCode, file: string, message: string, advice: string): ImportIssue => ({ code, file, message, advice })

/** Everything an import can say about one file. */
export const issues = {
  unreadable: (file: string, why: string) => issue('image-unreadable', file, `${file} cannot be read: ${why}.`,
    'Open it in a viewer; copy it from the camera again, or save it anew as JPEG or PNG.'),
  otherKind: (file: string, kind: string) => issue('image-unreadable', file, `${file} is of a kind (${kind}) that is not read.`,
    'Save it as JPEG, PNG, TIFF or WebP.'),
  gone: (file: string) => issue('not-found', file, `${file} is gone.`, 'Do not change the folder during the import; import it again.'),
  folderAway: (dir: string) => issue('folder-missing', dir, `The folder ${dir} cannot be reached any more.`,
    'See that the disk or network share is there; photos are taken again as soon as it is back.'),
  link: (file: string) => issue('invalid-input', file, `${file} is a link that leads out of the folder or nowhere.`,
    'Put the picture itself there.'),
  tooLarge: (file: string, size: string) => issue('image-too-large', file, `${file} is too large (${size}).`, 'Make it smaller and import it again.'),
  noFolder: (file: string) => issue('invalid-input', file, `${file} lies in no folder that names its workpiece.`,
    'Put it into a folder with the name of its workpiece, and import the folder above.'),
  maskMissing: (file: string, mask: string) => issue('mask-missing', file, `The render ${file} has no mask ${mask}.`,
    'Put its mask beside it, non-zero where the workpiece is, or render from CAD here, which makes both.'),
  renderMissing: (file: string) => issue('not-found', file, `The mask ${file} has no render beside it.`, 'Put the render of the same name beside it.'),
  maskUnreadable: (file: string, why: string) => issue('mask-unreadable', file, `The mask ${file} cannot be used: ${why}.`,
    'Save it as PNG with one class index (0 to 254) a pixel, or zero and non-zero for a single workpiece.'),
  maskSize: (file: string, mask: string, picture: string) => issue('mask-size', file, `The mask ${file} is ${mask}, its picture ${picture}.`,
    'Make both the same size, pixel on pixel.'),
  maskEmpty: (file: string) => issue('mask-empty', file, `The mask ${file} shows no workpiece: all of it is zero.`,
    'Render again with the workpiece in view, or delete the pair.'),
  noTags: (file: string, tags: string) => issue('tags-unreadable', file, `${file} is not listed in ${tags}: it came in untagged and does not train.`,
    'Tag it in the project, or add it to the list ([] when no workpiece is on it) and import again.'),
  photoMissing: (file: string, tags: string) => issue('not-found', file, `${file} is listed in ${tags} but is not in the folder.`,
    'Add the photo or delete the line.'),
  otherTags: (file: string, kept: readonly string[], given: readonly string[]) => issue('already-exists', file,
    `${file} is already here with other tags: ${listed(kept)} stays, ${listed(given)} was passed over.`,
    'Change the tags of the photo in the project if they are wrong.'),
  tagWithoutRenders: (tag: string) => issue('tag-without-renders', tag, `Photos bear the tag ${tag}, of which there is no render.`,
    'Import renders or CAD of it, or check the spelling of the tag.'),
  noPhoto: (file: string) => issue('truth-without-photo', file, `The drawn mask ${file} belongs to no photo of the project.`,
    'Import the photo first; mask and photo must have the same path and name below the folders imported.'),
  unknownClass: (name: string) => issue('not-found', name, `Drawn masks show ${name}, which is no workpiece of the project; it counts as background.`,
    'Check the spelling in classes.json, or import renders or photos of it first and then these masks again.'),
} as const

const listed = (tags: readonly string[]) => (tags.length > 0 ? tags.join(', ') : 'no workpiece')
