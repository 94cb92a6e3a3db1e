import type { DType, Shape } from '@elbo/tensor'
import type { PrimitiveName } from '@elbo/tensor/internals'
import { TensorProto_DataType as DataType } from 'onnx-buf'
import { typeOf } from '../graph.js'
import { NoGraph, type Operand, type Rule, type Stored, type Writing } from '../writing.js'

/** The shape of operands taken together, by NumPy's rules. */
const together = (shapes: readonly Shape[]): Shape => {
  const rank = Math.max(...shapes.map(({ length }) => length))
  return Array.from({ length: rank }, (_, i) =>
    shapes.reduce((n, shape) => {
      const own = shape[i - rank + shape.length] ?? 1
      return own === 1 ? n : own
    }, 1),
  )
}

const result = (name: string, operands: readonly Stored[]): readonly Stored[] => [
  { name, shape: together(operands.map(({ shape }) => shape)) },
]

type Plain = Rule<'add'>

/** From the names of the operands, which broadcast among themselves, to the name of the result. */
type Make = (names: readonly string[], writing: Writing) => string

const from =
  (make: Make): Plain =>
  (operands, _, writing) =>
    result(
      make(
        operands.map(({ name }) => name),
        writing,
      ),
      operands,
    )

/** One operator of ONNX does it, for these element types. */
const operator = (name: string, dtypes: readonly DType[] = ['f32', 'i32']): Plain => {
  const rule = from((names, { graph }) => graph.node(name, names))
  return (operands, params, writing, about) => {
    const { dtype } = operands[operands.length - 1].spec
    if (!dtypes.includes(dtype)) throw new NoGraph(`onnx: ${name} of ${dtype} has no translation`)
    return rule(operands, params, writing, about)
  }
}

const wrapping: readonly DType[] = ['f32', 'i32', 'u32']
const real: readonly DType[] = ['f32']

/** A single-precision number. */
const number = ({ graph }: Writing, value: number): string =>
  graph.constant('f32', [], Float32Array.of(value))

/** One operator for bool, another, bit by bit, for integers. */
const bitwise =
  (logical: string, bits: string): Plain =>
  (operands, params, writing, about) =>
    (operands[0].spec.dtype === 'bool' ? operator(logical, ['bool']) : operator(bits, ['i32', 'u32']))(
      ...[operands, params, writing, about],
    )

/** eˣ − 1 = 2t/(1 − t) with t = tanh(x/2), which does not cancel near 0; the definition elsewhere, where t may round to 1. */
const expm1: Make = ([x], writing) => {
  const { graph } = writing
  const [one, half] = [number(writing, 1), number(writing, 0.5)]
  const t = graph.node('Tanh', [graph.node('Mul', [x, half])])
  const near = graph.node('Div', [graph.node('Add', [t, t]), graph.node('Sub', [one, t])])
  const far = graph.node('Sub', [graph.node('Exp', [x]), one])
  return graph.node('Where', [graph.node('Less', [graph.node('Abs', [x]), half]), near, far])
}

/** ln(1 + x) = x·ln(u)/(u − 1) with u = 1 + x as rounded, and x where u is 1 (Higham 2002, problem 1.5). */
const log1p: Make = ([x], writing) => {
  const { graph } = writing
  const one = number(writing, 1)
  const u = graph.node('Add', [x, one])
  const lost = graph.node('Equal', [u, one])
  const difference = graph.node('Where', [lost, one, graph.node('Sub', [u, one])])
  const factor = graph.node('Div', [graph.node('Log', [u]), difference])
  const infinite = graph.node('Equal', [u, number(writing, Infinity)])
  return graph.node('Where', [graph.node('Or', [lost, infinite]), x, graph.node('Mul', [x, factor])])
}

/** a − b·⌊a/b⌋. */
const mod: Plain = (operands, params, writing, about) => {
  const { dtype } = operands[0].spec
  if (dtype !== 'f32') return operator('Mod', ['i32'])(operands, params, writing, about)
  return from(([a, b], { graph }) =>
    graph.node('Sub', [a, graph.node('Mul', [b, graph.node('Floor', [graph.node('Div', [a, b])])])]),
  )(operands, params, writing, about)
}

const two32 = 2 ** 32

const cast: Rule<'cast'> = ([x], { dtype }, { graph }) => {
  const to = (name: string, type: DataType): string => graph.node('Cast', [name], { to: type })
  const stored = (name: string): readonly Stored[] => [{ name, shape: x.shape }]
  if (x.spec.dtype === 'u32' && dtype === 'f32') {
    // The bits are held as int32: what is below 0 stands for a number from 2³¹.
    const wide = to(x.name, DataType.INT64)
    return stored(to(graph.node('Mod', [wide, graph.integers([two32])]), DataType.FLOAT)).map(made =>
      // A list of one number has an axis, which a scalar gains with it.
      x.shape.length === 0 ? { ...made, name: graph.node('Reshape', [made.name, graph.integers([])]) } : made,
    )
  }
  if (x.spec.dtype === 'f32' && dtype === 'u32') return stored(to(to(x.name, DataType.INT64), DataType.INT32))
  return typeOf[x.spec.dtype] === typeOf[dtype] ? [x] : stored(to(x.name, typeOf[dtype]))
}

export const elementwise = {
  neg: operator('Neg'),
  abs: operator('Abs'),
  sign: operator('Sign'),
  floor: operator('Floor', real),
  ceil: operator('Ceil', real),
  round: operator('Round', real),
  add: operator('Add', wrapping),
  sub: operator('Sub', wrapping),
  mul: operator('Mul', wrapping),
  // ONNX truncates quotients of integers where ours are floored.
  div: operator('Div', real),
  mod,
  max: operator('Max'),
  min: operator('Min'),

  sqrt: operator('Sqrt', real),
  exp: operator('Exp', real),
  expm1: from(expm1),
  log: operator('Log', real),
  log1p: from(log1p),
  sin: operator('Sin', real),
  cos: operator('Cos', real),
  tanh: operator('Tanh', real),
  erf: operator('Erf', real),
  pow: operator('Pow', real),

  eq: operator('Equal', ['f32', 'i32', 'u32', 'bool']),
  lt: operator('Less'),
  le: operator('LessOrEqual'),
  and: bitwise('And', 'BitwiseAnd'),
  or: bitwise('Or', 'BitwiseOr'),
  xor: bitwise('Xor', 'BitwiseXor'),
  not: bitwise('Not', 'BitwiseNot'),
  select: operator('Where', ['f32', 'i32', 'u32']),
  cast,
  // Nothing is written: what reads it repeats it.
  broadcast: ([{ name, shape }]: readonly Operand[]) => [{ name, shape }],
} satisfies { readonly [N in PrimitiveName]?: Rule<N> }
