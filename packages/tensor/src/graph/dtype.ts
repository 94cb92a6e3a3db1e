/** The element types. Every element takes four bytes on a device; `bool` is a word that holds 0 or 1 there. */
export type DType = 'f32' | 'i32' | 'u32' | 'bool'

/** The host array of each element type. */
export interface HostArrays {
  readonly f32: Float32Array
  readonly i32: Int32Array
  readonly u32: Uint32Array
  readonly bool: Uint8Array
}

export type HostArray<D extends DType = DType> = HostArrays[D]

const arrays = {
  f32: Float32Array,
  i32: Int32Array,
  u32: Uint32Array,
  bool: Uint8Array,
} as const

/** A zero-filled host array of `size` elements of `dtype`. */
export const hostArray = <D extends DType>(dtype: D, size: number): HostArrays[D] =>
  new arrays[dtype](size) as HostArrays[D]

/** Whether an element type has this number: whole and in range for integers, 0 or 1 for bool. */
export const holds = (dtype: DType, value: number): boolean =>
  dtype === 'f32' ||
  (Number.isInteger(value) &&
    (dtype === 'bool'
      ? value === 0 || value === 1
      : dtype === 'i32'
        ? value >= -(2 ** 31) && value < 2 ** 31
        : value >= 0 && value < 2 ** 32))
