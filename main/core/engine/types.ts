import type { Tensor } from '@tensorflow/tfjs-core'

/** Element types that cross the engine's border. */
export type Dtype = 'float32' | 'int32'
export type Values = Float32Array | Int32Array

/** Shape and type of one named tensor, in TensorFlow.js' logical layout (NHWC pictures, HWIO filters). */
export interface TensorSpec {
  readonly shape: readonly number[]
  readonly dtype?: Dtype
}
export type Specs = Readonly<Record<string, TensorSpec>>
export type Tensors = Record<string, Tensor>

/**
 * A function written in plain TensorFlow.js: named tensors in, named tensors out. It receives inputs and state together;
 * an output named like a state entry is that entry's next value.
 */
export type TensorFunction = (tensors: Tensors) => Tensors

/** What a program is compiled from. */
export interface Signature {
  /** Given anew at each run. */
  readonly inputs: Specs
  /** Kept on the device from run to run: weights, optimizer moments, statistics. */
  readonly state?: Specs
}

/** A compiled function on a device. */
export interface Program {
  /**
   * Runs once, replaces the state by its next value, and reads back the outputs that are not state.
   * @throws TypeError on a missing or unknown input, RangeError on a wrong length.
   */
  run(inputs: Record<string, Values>): Promise<Record<string, Values>>
  /** Copies the state (all of it, or the names given) from the device, in logical layout. */
  readState(names?: readonly string[]): Promise<Record<string, Values>>
  /** Copies values to the device; names not given keep their value. State starts as zeros. */
  writeState(values: Record<string, Values>): Promise<void>
  /** Frees device memory and sessions. Further calls throw. */
  dispose(): Promise<void>
}

export type DeviceName = 'cpu' | 'webgpu' | 'dml' | 'cuda' | 'coreml' | 'tfjs-node-gpu'

/** Runs TensorFlow.js functions on one device. */
export interface Executor {
  readonly device: DeviceName
  /** Plain words for people: what it is, such as "CPU, 2 threads (onnxruntime 1.30.0)". */
  readonly description: string
  /**
   * @param key Names what the function computes: a graph compiled before under the same key and signature is taken from the cache.
   */
  compile(fn: TensorFunction, signature: Signature, key?: string): Promise<Program>
  dispose(): Promise<void>
}
