import * as E from 'fp-ts/lib/Either.js'
import { hostArray } from '../../graph/dtype.js'
import type { NDArray } from '../../graph/ndarray.js'
import type { AnyTensor } from '../../graph/tensor.js'
import { max, mul } from '../../primitives/arithmetic.js'
import { gather } from '../../primitives/indexing.js'
import { transpose } from '../../primitives/layout.js'
import { full, placeholder } from '../../primitives/leaves.js'
import { lt, select } from '../../primitives/logic.js'
import { matmul } from '../../primitives/matmul.js'
import { sum } from '../../primitives/reduce.js'
import { exp, log, log1p, sqrt, tanh } from '../../primitives/transcendental.js'
import { flatten } from '../../program/flatten.js'
import { interpret } from '../../program/interpret.js'
import { sizeOf } from '../../shape/index.js'
import type { Backend, BackendError } from '../../runtime/backend.js'

/** Numbers on which drivers have been seen to go wrong, among ordinary ones. */
const points = [NaN, Infinity, -Infinity, 0, 1, -1, 0.5, 100, -100, 50, 88, -88, 1e-3, 3e38, 2, 7]
/** More than the thousand turns after which gpu.js stops a loop whose bound it does not see. */
const turns = 1500

const listed = (data: readonly number[], shape: readonly number[], dtype: 'f32' | 'i32' = 'f32'): NDArray => {
  const array = hostArray(dtype, data.length)
  array.set(data)
  return { shape, dtype, data: array }
}

const inputs: readonly NDArray[] = [
  listed(points, [points.length]),
  listed(
    Array.from({ length: 3 * turns }, (_, i) => ((i * 7) % 11) / 8),
    [1, 3, turns],
  ),
  listed([2, 0, 5], [1, 3], 'i32'),
]

const build = ([x, rows, places]: readonly AnyTensor[]): readonly AnyTensor[] => {
  const zero = full(x.shape, 'f32', 0)
  return [
    exp(x),
    log(x),
    log1p(x),
    tanh(x),
    sqrt(x),
    mul(x, zero),
    max(x, zero),
    select(lt(x, zero), zero, x),
    sum(rows, [2]),
    matmul(rows, transpose(rows, [0, 2, 1])),
    gather(rows, places),
  ]
}

const program = () => {
  const parameters = inputs.map(({ shape, dtype }, i) => placeholder(shape, dtype, `input ${i}`))
  return flatten({ state: [], inputs: parameters, nextState: [], outputs: build(parameters) })
}

const agrees = (got: number, expected: number): boolean =>
  Number.isFinite(expected)
    ? Math.abs(got - expected) <= 1e-5 * Math.abs(expected) + 1e-6
    : Object.is(got, expected)

/** Runs a small program whose results the plain meaning tells; what is wrong with the device's, in words, or `undefined`. */
export const selfTest = async (backend: Backend): Promise<string | undefined> => {
  const small = program()
  const expected = interpret(small, inputs, ({ shape, dtype }) => hostArray(dtype, sizeOf(shape))).outputs
  const failure = ({ message }: BackendError): string => `its self-test failed: ${message}`
  const opened = await backend.open(small, [])()
  if (E.isLeft(opened)) return failure(opened.left)
  const session = opened.right
  const stepped = await session.step(inputs)()
  await session.dispose()
  if (E.isLeft(stepped)) return failure(stepped.left)
  for (const [i, { data }] of expected.entries()) {
    const got = stepped.right[i].data
    const at = data.findIndex((value: number, k: number) => !agrees(got[k], value))
    if (at >= 0) {
      const name = small.instructions.find(({ outputs }) => outputs.includes(small.outputs[i]))?.name ?? ''
      return `it computes wrong: ${name} gave ${got[at]} where ${data[at]} is right`
    }
  }
  return undefined
}
