import { leavesOf, type NDArray } from '@elbo/tensor'

/** The path of the first f32 leaf that holds a NaN or an infinity. */
export const firstNotFinite = (tree: unknown): string | undefined =>
  leavesOf<NDArray>(tree).find(
    ({ leaf: { data, dtype } }) => dtype === 'f32' && !allFinite(data as Float32Array),
  )?.path

const allFinite = (data: Float32Array): boolean => {
  for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i])) return false
  return true
}
