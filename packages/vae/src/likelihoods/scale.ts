import { add, softplus, type Shape, type Tensor } from '@elbo/tensor'

/** How the scale of a likelihood is made of a number that may be anything. */
export interface Scale {
  readonly of: <S extends Shape>(raw: Tensor<S>) => Tensor<S>
  /** What gives the scale `value` > `least`. */
  readonly rawOf: (value: number) => number
}

/**
 * least + ln(1 + e^raw): above `least` everywhere, with a gradient everywhere.
 * @throws RangeError, by `rawOf`: `scale must be above 0.004 and finite, but is 0`
 */
export const scaleAbove = (least: number): Scale => ({
  of: raw => add(least)(softplus(raw)),
  rawOf: value => {
    if (!(value > least && value < Infinity))
      throw new RangeError(`scale must be above ${least} and finite, but is ${value}`)
    // ln(e^s − 1) = s + ln(1 − e⁻ˢ).
    const s = value - least
    return s + Math.log(-Math.expm1(-s))
  },
})
