/** OpenCascade's readers as WebAssembly; the package brings no types of its own. */
declare module 'occt-import-js' {
  export interface OcctNode {
    readonly name: string
    /** Places in the list of meshes. */
    readonly meshes: readonly number[]
    readonly children: readonly OcctNode[]
  }
  export interface OcctMesh {
    readonly name: string
    readonly attributes: { readonly position: { readonly array: readonly number[] } }
    readonly index: { readonly array: readonly number[] }
  }
  export interface OcctResult {
    readonly success: boolean
    readonly root?: OcctNode
    readonly meshes?: readonly OcctMesh[]
  }
  export interface OcctOptions {
    readonly linearUnit?: 'millimeter' | 'centimeter' | 'meter' | 'inch' | 'foot'
    readonly linearDeflectionType?: 'bounding_box_ratio' | 'absolute_value'
    readonly linearDeflection?: number
    readonly angularDeflection?: number
  }
  export interface Occt {
    ReadStepFile(bytes: Uint8Array, options: OcctOptions | null): OcctResult
    ReadIgesFile(bytes: Uint8Array, options: OcctOptions | null): OcctResult
  }
  export default function open(module?: { print?: (line: string) => void; printErr?: (line: string) => void }): Promise<Occt>
}
