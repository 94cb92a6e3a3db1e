import { log, log1p, logSigmoid, neg, sigmoid } from '@elbo/tensor'
import { choose, equal, larger, minus, over, plus, smaller, times, type Real } from '../arithmetic.js'
import { logOf } from '../special/index.js'
import { exactExp } from '../sampling/exact.js'
import { exactLog1p } from '../sampling/log1p.js'

/** The probability p of a success, given as itself or as its logit ln(p/(1 − p)): each form as accurate as what was given allows. */
export interface Success {
  readonly probs: Real
  readonly logits: Real
  /** 1 − p. */
  readonly rest: Real
  readonly logProbs: Real
  readonly logRest: Real
}

export const success = (isProbs: boolean, of: Real): Success => {
  if (!isProbs) {
    return {
      probs: sigmoid(of),
      logits: of,
      rest: sigmoid(neg(of)),
      logProbs: logSigmoid(of),
      logRest: logSigmoid(neg(of)),
    }
  }
  const isSure = equal(of, 1)
  return {
    probs: of,
    logits: minus(log(of), log1p(neg(of))),
    rest: minus(1, of),
    logProbs: logOf(of),
    logRest: choose(isSure, -Infinity, log1p(neg(choose(isSure, 0, of)))),
  }
}

/** p in exact operations: what draws compare with. */
export const exactProbs = (isProbs: boolean, of: Real): Real =>
  isProbs ? of : over(1, plus(1, exactExp(neg(of))))

/** (1 − p)/p in exact operations. */
export const exactOddsAgainst = (isProbs: boolean, of: Real): Real =>
  isProbs ? over(minus(1, of), of) : exactExp(neg(of))

/** ln(1 − p) in exact operations, for p < 1. */
export const exactLogRest = (isProbs: boolean, of: Real): Real =>
  isProbs ? exactLog1p(neg(of)) : times(exactLog1p(exactExp(smaller(larger(of, -80), 80))), -1)
