import { neg } from '@elbo/tensor'
import { asReal, plus, sumLast, times, type Real } from '../arithmetic.js'
import { image } from './image.js'
import { bijection, transform, undo, type AnyTransform, type Transform } from './transform.js'

/** A transform backwards. */
export type Inverse<T extends AnyTransform> = Transform<T['to'], T['from'], T['keepsShape']>

/** `inverse(t)`: y ↦ x. Backwards, `forward` is no longer made of exact operations. */
export const inverse = <T extends AnyTransform>(of: T): Inverse<T> => {
  const t = bijection(of)
  return transform({
    name: `inverse ${t.name}`,
    parameters: { of },
    from: t.to,
    to: t.from,
    keepsShape: t.keepsShape,
    domain: t.codomain,
    codomain: t.domain,
    ...(t.sign !== undefined && { sign: t.sign }),
    forward: t.inverse,
    inverse: t.forward,
    logDeterminant: y => neg(t.logDeterminant(t.inverse(y))),
  })
}

type AllElementwise<T extends readonly AnyTransform[]> = T[number] extends {
  readonly from: 0
  readonly to: 0
}
  ? true
  : false

/** Maps of numbers compose to one; the axes of others are known when it is built. */
export type Composed<T extends readonly AnyTransform[]> =
  AllElementwise<T> extends true
    ? Transform<0, 0, true>
    : Transform<number, number, T[number]['keepsShape'] extends true ? true : boolean>

/** Each part's axes of one value, where those of the whole begin with `from`. */
const ranksThrough = (parts: readonly ReturnType<typeof bijection>[], from: number): readonly number[] =>
  parts.reduce<readonly number[]>(
    (ranks, part) => [...ranks, ranks[ranks.length - 1] + part.to - part.from],
    [from],
  )

/**
 * `compose(f, g, …)`: f first, x ↦ g(f(x)).
 * @throws RangeError without parts.
 */
export const compose = <const T extends readonly AnyTransform[]>(...given: T): Composed<T> => {
  const parts = given.map(bijection)
  const [first] = parts
  if (first === undefined) throw new RangeError('compose: there is nothing to compose')
  // The least number of axes that gives every part its own.
  const from = parts.reduce(
    (least, part, i) => Math.max(least, part.from - ranksThrough(parts.slice(0, i), 0)[i]),
    0,
  )
  const ranks = ranksThrough(parts, from)
  const signs = parts.map(part => part.sign)
  return transform({
    name: parts.map(part => part.name).join(' then '),
    parameters: { parts: given },
    from,
    to: ranks[parts.length],
    keepsShape: parts.every(part => part.keepsShape),
    domain: first.domain,
    codomain: parts.slice(1).reduce((support, part) => image(support, part), first.codomain),
    ...(signs.every(sign => sign !== undefined) && {
      sign: signs.reduce((a, b) =>
        typeof a === 'number' && typeof b === 'number' ? a * b : times(asReal(a), b),
      ),
    }),
    forward: x => parts.reduce((value, part) => part.forward(value), x),
    inverse: y => parts.reduceRight((value, part) => part.inverse(value), y),
    logDeterminant: x => {
      let value = x
      let total: Real | undefined
      parts.forEach((part, i) => {
        const own = sumLast(part.logDeterminant(value), ranks[i] - part.from)
        total = total === undefined ? own : plus(total, own)
        value = part.forward(value)
      })
      return total as Real
    },
    ...(parts.some(part => part.undone) && {
      undone: y =>
        parts.reduceRight<readonly [Real, Real]>(
          ([value, total], part, i) => {
            const [before, own] = undo(part)(value)
            return [before, plus(total, sumLast(own, ranks[i] - part.from))]
          },
          [y, asReal(0)],
        ),
    }),
  })
}
