import * as arithmetic from './arithmetic.js'
import * as convolution from './convolution.js'
import * as identity from './identity.js'
import * as indexing from './indexing.js'
import * as layout from './layout.js'
import * as leaves from './leaves.js'
import * as logic from './logic.js'
import { matmulPrimitive } from './matmul.js'
import { threefryPrimitive } from './random.js'
import * as reduce from './reduce.js'
import { scanPrimitive } from './scan.js'
import * as transcendental from './transcendental.js'

/** Every primitive there is. Backends hold a table of kernels with exactly these keys; a gap does not compile. */
export const primitives = {
  placeholder: leaves.placeholderPrimitive,
  constant: leaves.constantPrimitive,
  full: leaves.fullPrimitive,
  iota: leaves.iotaPrimitive,

  neg: arithmetic.negPrimitive,
  abs: arithmetic.absPrimitive,
  sign: arithmetic.signPrimitive,
  floor: arithmetic.floorPrimitive,
  ceil: arithmetic.ceilPrimitive,
  round: arithmetic.roundPrimitive,
  add: arithmetic.addPrimitive,
  sub: arithmetic.subPrimitive,
  mul: arithmetic.mulPrimitive,
  div: arithmetic.divPrimitive,
  mod: arithmetic.modPrimitive,
  max: arithmetic.maxPrimitive,
  min: arithmetic.minPrimitive,

  sqrt: transcendental.sqrtPrimitive,
  exp: transcendental.expPrimitive,
  expm1: transcendental.expm1Primitive,
  log: transcendental.logPrimitive,
  log1p: transcendental.log1pPrimitive,
  sin: transcendental.sinPrimitive,
  cos: transcendental.cosPrimitive,
  tanh: transcendental.tanhPrimitive,
  erf: transcendental.erfPrimitive,
  erfinv: transcendental.erfinvPrimitive,
  lgamma: transcendental.lgammaPrimitive,
  polygamma: transcendental.polygammaPrimitive,
  pow: transcendental.powPrimitive,
  atan2: transcendental.atan2Primitive,
  normalFromBits: transcendental.normalFromBitsPrimitive,

  eq: logic.eqPrimitive,
  lt: logic.ltPrimitive,
  le: logic.lePrimitive,
  and: logic.andPrimitive,
  or: logic.orPrimitive,
  xor: logic.xorPrimitive,
  not: logic.notPrimitive,
  shiftLeft: logic.shiftLeftPrimitive,
  shiftRight: logic.shiftRightPrimitive,
  select: logic.selectPrimitive,
  cast: logic.castPrimitive,

  sum: reduce.sumPrimitive,
  reduceMax: reduce.reduceMaxPrimitive,
  argmax: reduce.argmaxPrimitive,
  cumsum: reduce.cumsumPrimitive,
  argsort: reduce.argsortPrimitive,
  broadcast: reduce.broadcastPrimitive,

  reshape: layout.reshapePrimitive,
  transpose: layout.transposePrimitive,
  slice: layout.slicePrimitive,
  pad: layout.padPrimitive,
  concat: layout.concatPrimitive,
  reverse: layout.reversePrimitive,

  matmul: matmulPrimitive,
  conv2d: convolution.conv2dPrimitive,
  conv2dInput: convolution.conv2dInputPrimitive,
  conv2dKernel: convolution.conv2dKernelPrimitive,
  unfold: convolution.unfoldPrimitive,
  fold: convolution.foldPrimitive,

  gather: indexing.gatherPrimitive,
  scatterAdd: indexing.scatterAddPrimitive,
  threefry: threefryPrimitive,
  scan: scanPrimitive,
  stopGradient: identity.stopGradientPrimitive,
  customGradient: identity.customGradientPrimitive,
  fused: identity.fusedPrimitive,
} as const

export type PrimitiveName = keyof typeof primitives

/** The parameters of a primitive, by its name. */
export type ParamsOf<N extends PrimitiveName> = Parameters<(typeof primitives)[N]['outputs']>[1]
