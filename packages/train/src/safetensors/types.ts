import type { DType, NDArray } from '@elbo/tensor'

/** What a safetensors file holds. */
export interface Safetensors {
  /** By name, in the order of the data. */
  readonly tensors: ReadonlyMap<string, NDArray>
  readonly metadata: Readonly<Record<string, string>>
}

/** What was read of a file. */
export interface ReadSafetensors extends Safetensors {
  /** The format's names of the types that tensors had in the file, where these are not types of ours: `weight` was `BF16`. */
  readonly convertedFrom: ReadonlyMap<string, string>
}

/** The format's names of the element types. */
export const typeNames: Readonly<Record<DType, string>> = { f32: 'F32', i32: 'I32', u32: 'U32', bool: 'BOOL' }

/** Bytes of an element in a file. */
export const elementBytes = (dtype: DType): number => (dtype === 'bool' ? 1 : 4)

/** The name under which the header keeps the metadata. */
export const metadataName = '__metadata__'

/** The header starts after its own length, a little-endian u64. */
export const lengthBytes = 8
