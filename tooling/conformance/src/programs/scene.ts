import type { AnyTensor, DType, Shape } from '@elbo/tensor'
import { apply, primitives, sizeOf, type Primitive, type PrimitiveName } from '@elbo/tensor/internals'
import type { Step } from './steps.js'

/** Larger values are not made. */
export const largest = 3000

export const call = (name: PrimitiveName, inputs: readonly AnyTensor[], params: object = {}): AnyTensor =>
  apply(primitives[name] as unknown as Primitive, inputs, params)

/** What a step sees: the values so far, and how it picks among them. */
export interface Scene {
  readonly pool: readonly AnyTensor[]
  readonly picks: Step['picks']
  readonly body: readonly Step[]
}

export const ofType =
  (...dtypes: readonly DType[]) =>
  ({ dtype }: AnyTensor): boolean =>
    dtypes.includes(dtype)
export const pick = <T>(list: readonly T[], number: number): T | undefined =>
  list[number % Math.max(1, list.length)]
/** The youngest first: a small number is a deep graph. */
export const among = (
  { pool }: Scene,
  number: number,
  admits: (x: AnyTensor) => boolean,
): AnyTensor | undefined => pick(pool.filter(admits).reverse(), number)

export const broadcastOf = (a: Shape, b: Shape): Shape | undefined => {
  const rank = Math.max(a.length, b.length)
  const shape: number[] = []
  for (let axis = 0; axis < rank; axis++) {
    const [n, m] = [a[axis - rank + a.length] ?? 1, b[axis - rank + b.length] ?? 1]
    if (n !== m && n !== 1 && m !== 1) return undefined
    shape.push(n === 1 ? m : n)
  }
  return sizeOf(shape) > largest ? undefined : shape
}

export const spread = (x: AnyTensor, shape: Shape): AnyTensor =>
  x.shape.join() === shape.join() ? x : call('broadcast', [x], { shape })
export const reshape = (x: AnyTensor, shape: Shape): AnyTensor =>
  x.shape.join() === shape.join() ? x : call('reshape', [x], { shape })

export type Operation = (scene: Scene) => readonly AnyTensor[] | undefined

export const unary =
  (name: PrimitiveName, dtypes: readonly DType[], params: object = {}): Operation =>
  scene => {
    const x = among(scene, scene.picks[0], ofType(...dtypes))
    return x && [call(name, [x], params)]
  }

export const binary =
  (name: PrimitiveName, dtypes: readonly DType[]): Operation =>
  scene => {
    const a = among(scene, scene.picks[0], ofType(...dtypes))
    if (a === undefined) return undefined
    const b = among(
      scene,
      scene.picks[1],
      x => x.dtype === a.dtype && broadcastOf(a.shape, x.shape) !== undefined,
    ) as AnyTensor
    const shape = broadcastOf(a.shape, b.shape)
    if (shape === undefined) return undefined
    return [
      call(
        name,
        scene.picks[2] % 2 === 0
          ? [spread(a, shape), spread(b, shape)]
          : [spread(b, shape), spread(a, shape)],
      ),
    ]
  }

/** With one number, everywhere. */
export const withNumber =
  (name: PrimitiveName, numbers: readonly number[]): Operation =>
  scene => {
    const a = among(scene, scene.picks[0], ofType('f32', 'i32'))
    const value = pick(numbers, scene.picks[1])
    if (a === undefined || value === undefined) return undefined
    const b = call('full', [], {
      shape: a.shape,
      dtype: a.dtype,
      value: a.dtype === 'f32' ? value : Number.isFinite(value) ? Math.trunc(value) : 2,
    })
    return [call(name, scene.picks[2] % 3 === 0 ? [b, a] : [a, b])]
  }

/** Along one axis of what has one. */
export const along =
  (
    build: (x: AnyTensor, axis: number, number: number) => AnyTensor,
    ...dtypes: readonly DType[]
  ): Operation =>
  scene => {
    const x = among(scene, scene.picks[0], t => t.shape.length > 0 && ofType(...dtypes)(t))
    return x && [build(x, scene.picks[1] % x.shape.length, scene.picks[2])]
  }

export const every: readonly DType[] = ['f32', 'i32', 'u32', 'bool']
export const numeric: readonly DType[] = ['f32', 'i32', 'u32']
export const f32: readonly DType[] = ['f32']
export const signed: readonly DType[] = ['f32', 'i32']
export const bits: readonly DType[] = ['i32', 'u32', 'bool']
export const whole: readonly DType[] = ['i32', 'u32']
