import { apply, primitives, type PrimitiveName } from '@elbo/tensor/internals'
import { exact, ulps } from '../agreement.js'
import type { Cases } from '../case.js'
import { listed } from '../values.js'
import { binaryCases, castCases, selectCases, unaryCases } from './elementwise.js'
import { fusedCases } from './fused.js'
import { gatherCases, normalFromBitsCases, scatterAddCases, threefryCases } from './indexing.js'
import * as layout from './layout.js'
import * as products from './products.js'
import * as reduce from './reduce.js'
import * as scan from './scan.js'

/** The bound of the functions that no processor rounds correctly. */
const fourUlps = ulps(4)
/** Where digits cancel, near zeros, the bound is absolute. */
const gammaUlps = ulps(4, 1e-6)

const half = Math.PI / 2
const turns = [1, 2, 3, 4, 100, 1e4, 1e6, 1e9].flatMap(n => [n * half, -n * half])
const byPoles = [1, 2, 3, 10, 33].flatMap(n => [
  -n,
  -n + 2 ** -10,
  -n - 2 ** -10,
  -n + 0.5,
  n,
  n + 1e-4,
  n - 1e-4,
])

const polygammaCases: Cases = {
  agreement: gammaUlps,
  cases: () =>
    [0, 1, 2, 3, 6].flatMap(order =>
      unaryCases('polygamma', { agreement: gammaUlps, params: { order }, points: [1.4616321, ...byPoles] })
        .cases()
        .map(situation => ({ ...situation, about: `order ${order}, ${situation.about}` })),
    ),
}

/** Situations for every primitive there is; a primitive without does not compile. */
export const cases: { readonly [N in PrimitiveName]: Cases } = {
  placeholder: scan.placeholderCases,
  constant: scan.constantCases,
  full: scan.fullCases,
  iota: scan.iotaCases,

  neg: unaryCases('neg', { agreement: exact }),
  abs: unaryCases('abs', { agreement: exact }),
  sign: unaryCases('sign', { agreement: exact }),
  floor: unaryCases('floor', { agreement: exact }),
  ceil: unaryCases('ceil', { agreement: exact }),
  round: unaryCases('round', { agreement: exact }),
  add: binaryCases('add', { agreement: exact }),
  sub: binaryCases('sub', { agreement: exact }),
  mul: binaryCases('mul', { agreement: exact }),
  div: binaryCases('div', { agreement: exact }),
  mod: binaryCases('mod', { agreement: exact }),
  max: binaryCases('max', { agreement: exact }),
  min: binaryCases('min', { agreement: exact }),

  sqrt: unaryCases('sqrt', { agreement: exact }),
  exp: unaryCases('exp', {
    agreement: fourUlps,
    points: [88.72284, 88.72283, -87.33655, -103.27893, -103.97208, -104],
  }),
  expm1: unaryCases('expm1', {
    agreement: fourUlps,
    points: [88.72284, 88.72283, -17.3, -16.6, 0.34657359, -0.34657359],
  }),
  log: unaryCases('log', { agreement: fourUlps, points: [0.99999994, 1.0000001, Math.SQRT2, Math.SQRT1_2] }),
  log1p: unaryCases('log1p', {
    agreement: fourUlps,
    points: [-0.99999994, Math.SQRT2 - 1, Math.SQRT1_2 - 1],
  }),
  sin: unaryCases('sin', { agreement: fourUlps, points: turns }),
  cos: unaryCases('cos', { agreement: fourUlps, points: turns }),
  tanh: unaryCases('tanh', { agreement: fourUlps, points: [9.010913, -9.010913, 0.625, 0.0004] }),
  erf: unaryCases('erf', { agreement: fourUlps, points: [3.9192059, -3.9192059, 1, 0.84375] }),
  erfinv: unaryCases('erfinv', {
    agreement: fourUlps,
    points: [0.99999994, -0.99999994, 0.9999999, 0.75, 0.5, 1.0000001],
  }),
  lgamma: unaryCases('lgamma', {
    agreement: gammaUlps,
    points: [...byPoles, -2.4570246, -2.7476826, 1e36, 4.08e36],
  }),
  polygamma: polygammaCases,
  pow: {
    agreement: fourUlps,
    cases: () => [
      ...binaryCases('pow', { agreement: fourUlps }).cases(),
      {
        about: 'negative bases with whole exponents',
        inputs: [
          listed(Array.from({ length: 200 }, (_, i) => -0.25 * (1 + (i % 20)))),
          listed(Array.from({ length: 200 }, (_, i) => Math.floor(i / 20) - 5)),
        ],
        build: inputs => [apply(primitives.pow, inputs, {})],
      },
      {
        about: 'bases near 1 with large exponents',
        inputs: [
          listed(Array.from({ length: 200 }, (_, i) => 1 + (i - 100) * 2 ** -20)),
          listed(Array.from({ length: 200 }, (_, i) => 500 * (i - 90))),
        ],
        build: inputs => [apply(primitives.pow, inputs, {})],
      },
    ],
  },
  atan2: binaryCases('atan2', { agreement: fourUlps }),
  normalFromBits: normalFromBitsCases,

  eq: binaryCases('eq', { agreement: exact }),
  lt: binaryCases('lt', { agreement: exact }),
  le: binaryCases('le', { agreement: exact }),
  and: binaryCases('and', { agreement: exact }),
  or: binaryCases('or', { agreement: exact }),
  xor: binaryCases('xor', { agreement: exact }),
  not: unaryCases('not', { agreement: exact }),
  shiftLeft: binaryCases('shiftLeft', { agreement: exact }),
  shiftRight: binaryCases('shiftRight', { agreement: exact }),
  select: selectCases(exact),
  cast: castCases(exact),

  sum: reduce.sumCases,
  reduceMax: reduce.reduceMaxCases,
  argmax: reduce.argmaxCases,
  cumsum: reduce.cumsumCases,
  argsort: reduce.argsortCases,
  broadcast: layout.broadcastCases,

  reshape: layout.reshapeCases,
  transpose: layout.transposeCases,
  slice: layout.sliceCases,
  pad: layout.padCases,
  concat: layout.concatCases,
  reverse: layout.reverseCases,

  matmul: products.matmulCases,
  conv2d: products.conv2dCases,
  conv2dInput: products.conv2dInputCases,
  conv2dKernel: products.conv2dKernelCases,
  unfold: products.unfoldCases,
  fold: products.foldCases,

  gather: gatherCases,
  scatterAdd: scatterAddCases,
  threefry: threefryCases,
  scan: scan.scanCases,
  stopGradient: scan.passingCases,
  customGradient: scan.passingCases,
  fused: fusedCases,
}
