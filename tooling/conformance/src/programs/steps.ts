import { grad, type AnyTensor, type Tensor } from '@elbo/tensor'
import { scanNode, sizeOf } from '@elbo/tensor/internals'
import { draw, special } from '../values.js'
import { conv2d, gather, matmul, scatterAdd, threefry } from './products.js'
import {
  along,
  among,
  binary,
  bits,
  broadcastOf,
  call,
  every,
  f32,
  largest,
  numeric,
  ofType,
  pick,
  reshape,
  signed,
  spread,
  unary,
  whole,
  withNumber,
  type Operation,
} from './scene.js'

/** One step of a random program: which operation, and numbers that pick its operands among the values so far. */
export interface Step {
  readonly operation: keyof typeof operations
  readonly picks: readonly [number, number, number]
  /** Of `scan` and `grad`. */
  readonly body: readonly Step[]
}

const scan: Operation = scene => {
  const xs = among(scene, scene.picks[0], x => x.shape.length > 0 && x.shape[0] <= 5)
  if (xs === undefined) return undefined
  const carries = [among(scene, scene.picks[1], () => true), among(scene, scene.picks[2], () => true)].filter(
    x => x !== undefined,
  )
  const outside = [
    among(scene, scene.picks[1] + 1, () => true),
    among(scene, scene.picks[2] + 2, () => true),
  ].filter(x => x !== undefined)
  const { carry, outputs } = scanNode(
    (state, [slice]) => {
      const inner = take(scene.body, [...outside, slice, ...state])
      // Each carry becomes the youngest value like it.
      const next = state.map(
        (c, i) =>
          among(
            { ...scene, pool: inner },
            i,
            x => x.dtype === c.dtype && x.shape.join() === c.shape.join(),
          ) as AnyTensor,
      )
      return { carry: next, outputs: inner.slice(-3).filter(x => sizeOf(x.shape) * xs.shape[0] <= largest) }
    },
    carries,
    [xs],
    { reverse: scene.picks[0] % 2 === 1 },
  )
  return [...carry, ...outputs]
}

/** The gradient of the sum of all that the body makes of one value. */
const gradient: Operation = scene => {
  const x = among(scene, scene.picks[0], ofType('f32'))
  const other = among(scene, scene.picks[1], () => true)
  if (x === undefined || other === undefined) return undefined
  const loss = (z: Tensor): AnyTensor =>
    take(scene.body, [other, z])
      .filter(ofType('f32'))
      .map(y => (y.shape.length === 0 ? y : call('sum', [y], { axes: y.shape.map((_, axis) => axis) })))
      .reduce((a, b) => call('add', [a, b]))
  return [grad(loss)(x as Tensor)]
}

export const operations = {
  neg: unary('neg', signed),
  abs: unary('abs', signed),
  sign: unary('sign', signed),
  floor: unary('floor', f32),
  ceil: unary('ceil', f32),
  round: unary('round', f32),
  sqrt: unary('sqrt', f32),
  exp: unary('exp', f32),
  expm1: unary('expm1', f32),
  log: unary('log', f32),
  log1p: unary('log1p', f32),
  sin: unary('sin', f32),
  cos: unary('cos', f32),
  erf: unary('erf', f32),
  tanh: unary('tanh', f32),
  lgamma: unary('lgamma', f32),
  polygamma: unary('polygamma', f32, { order: 1 }),
  not: unary('not', bits),
  add: binary('add', numeric),
  sub: binary('sub', numeric),
  mul: binary('mul', numeric),
  div: binary('div', numeric),
  mod: binary('mod', numeric),
  max: binary('max', numeric),
  min: binary('min', numeric),
  pow: binary('pow', f32),
  atan2: binary('atan2', f32),
  eq: binary('eq', every),
  lt: binary('lt', every),
  le: binary('le', every),
  and: binary('and', bits),
  or: binary('or', bits),
  xor: binary('xor', bits),
  shiftLeft: binary('shiftLeft', whole),
  shiftRight: binary('shiftRight', whole),
  addNumber: withNumber('add', [0, -0, 1, 0.5, -3]),
  mulNumber: withNumber('mul', [1, 0.5, -1, 0, 2, Infinity]),
  divNumber: withNumber('div', [1, 2, 0, -0.1]),
  subNumber: withNumber('sub', [0, -0, 1]),
  select: scene => {
    const condition = among(scene, scene.picks[0], ofType('bool'))
    if (condition === undefined) return undefined
    const a = among(scene, scene.picks[1], x => broadcastOf(condition.shape, x.shape) !== undefined)
    const shape = a && broadcastOf(condition.shape, a.shape)
    const b =
      a &&
      shape &&
      among(scene, scene.picks[2], x => x.dtype === a.dtype && broadcastOf(shape, x.shape) !== undefined)
    const all = b && shape && broadcastOf(shape, b.shape)
    return all && [call('select', [spread(condition, all), spread(a, all), spread(b, all)])]
  },
  cast: scene => {
    const x = among(scene, scene.picks[0], () => true)
    return x && [call('cast', [x], { dtype: every[scene.picks[1] % 4] })]
  },
  sum: along((x, axis) => call('sum', [x], { axes: [axis] }), ...numeric),
  reduceMax: along((x, axis) => call('reduceMax', [x], { axes: [axis] }), ...numeric),
  argmax: along((x, axis) => (x.shape[axis] === 0 ? x : call('argmax', [x], { axis })), ...every),
  cumsum: along((x, axis, n) => call('cumsum', [x], { axis, reverse: n % 2 === 0 }), ...numeric),
  argsort: along((x, _, n) => call('argsort', [x], { descending: n % 2 === 0 }), ...every),
  reverse: along((x, axis) => call('reverse', [x], { axes: [axis] }), ...every),
  slice: along(
    (x, axis, n) => {
      const start = Math.min(n % 3, x.shape[axis])
      const step = 1 + (n % 2)
      const size = Math.ceil((x.shape[axis] - start) / step)
      const at = <T>(mine: T, other: (n: number) => T): T[] =>
        x.shape.map((m, i) => (i === axis ? mine : other(m)))
      return call('slice', [x], {
        starts: at(start, () => 0),
        sizes: at(size, m => m),
        steps: at(step, () => 1),
      })
    },
    ...every,
  ),
  pad: along(
    (x, axis, n) => {
      if (2 * sizeOf(x.shape) > largest) return x
      const at = (mine: number): number[] => x.shape.map((_, i) => (i === axis ? mine : 0))
      return call('pad', [x], {
        low: at(n % 3),
        high: at(n % 2),
        interior: at(n % 5 === 0 ? 1 : 0),
        value: x.dtype === 'bool' ? 1 : n % 4,
      })
    },
    ...every,
  ),
  concat: scene => {
    const a = among(scene, scene.picks[0], x => x.shape.length > 0)
    if (a === undefined) return undefined
    const axis = scene.picks[2] % a.shape.length
    const b = among(
      scene,
      scene.picks[1],
      x =>
        x.dtype === a.dtype &&
        x.shape.length === a.shape.length &&
        x.shape.every((n, i) => i === axis || n === a.shape[i]),
    ) as AnyTensor
    return sizeOf(a.shape) + sizeOf(b.shape) > largest ? undefined : [call('concat', [a, b], { axis })]
  },
  transpose: along(
    (x, axis) => {
      const order = x.shape.map((_, i) => i)
      return call('transpose', [x], { permutation: [...order.slice(axis), ...order.slice(0, axis)] })
    },
    ...every,
  ),
  flatten: along(x => reshape(x, [sizeOf(x.shape)]), ...every),
  broadcast: scene => {
    const x = among(scene, scene.picks[0], t => 3 * sizeOf(t.shape) <= largest && t.shape.length < 4)
    return x && [spread(x, [1 + (scene.picks[1] % 3), ...x.shape])]
  },
  full: ({ picks: [value, shape, dtype] }) => {
    const type = every[dtype % 4]
    return [
      call('full', [], {
        shape: [[], [3], [2, 3]][shape % 3],
        dtype: type,
        value: pick(special[type], value),
      }),
    ]
  },
  constant: ({ picks: [seed, shape, dtype] }) => [
    call('constant', [], {
      value: draw([[], [3], [2, 3], [1], [17]][shape % 5], seed, 'special', every[dtype % 4]),
    }),
  ],
  iota: ({ picks: [length, dtype] }) => [call('iota', [], { length: length % 6, dtype: numeric[dtype % 3] })],
  matmul,
  conv2d,
  gather,
  scatterAdd,
  threefry,
  stopGradient: unary('stopGradient', every),
  scan,
  gradient,
} satisfies Record<string, Operation>

/** The values after a list of steps; a step that finds no operands does nothing. */
export const take = (steps: readonly Step[], start: readonly AnyTensor[]): readonly AnyTensor[] => {
  const pool = [...start]
  for (const { operation, picks, body } of steps) {
    const made = operations[operation]({ pool, picks, body })
    if (made !== undefined) pool.push(...made)
  }
  return pool
}
