/*
 * Calls that must not compile, each with the sentence that the compiler must show in the very place and that the same call must throw,
 * given a key where it gives a function of one. Read by src/sentences.test.ts; not part of any build.
 */
import { pipe } from 'fp-ts/lib/function.js'
import { zeros, type Tensor } from '@elbo/tensor'
import { Categorical, Logistic, Normal, toEvent } from '@elbo/distributions'
import {
  chainBound,
  condition,
  Do,
  elbo,
  evidence,
  gaussianEncoder,
  importanceWeighted,
  logJoint,
  sample,
  site,
} from '../src/index.js'

const [z, x] = [zeros([4, 2]), zeros([4, 3])]
const standard = pipe(Normal({ loc: z, scale: 1 }), toEvent(1))
const model = pipe(
  Do,
  site('z', standard),
  site('x', ({ z: _ }) => pipe(Normal({ loc: x, scale: 1 }), toEvent(1))),
)
const observed = pipe(model, condition({ x }))
const guide = pipe(Do, site('z', standard))
const stray = pipe(guide, site('y', standard))
const flat = pipe(Do, site('z', pipe(Normal({ loc: zeros([4, 5]), scale: 1 }), toEvent(1))))
const coin = Categorical({ logits: zeros([4, 3]) })
const discrete = pipe(
  Do,
  site('z', coin),
  site('x', ({ z: _ }) => Normal({ loc: zeros([4]), scale: 1 })),
)
const ofCoin = pipe(Do, site('z', coin))
const single = pipe(
  Do,
  site('z', Normal({ loc: zeros([4]), scale: 1 })),
  site('x', ({ z: loc }) => Normal({ loc, scale: 1 })),
)
const logistic = pipe(Do, site('z', Logistic({ loc: zeros([4]), scale: 1 })))

const noise = { scales: [0.9, 0.8], variances: [0.2, 0.3] }
const likelihood = (loc: Tensor<[4, 3]>) => pipe(Normal({ loc, scale: 1 }), toEvent(1))

export const misfits: readonly (readonly [sentence: string, call: () => unknown])[] = [
  ['site z: there is a site of this name already', () => pipe(guide, site('z', standard), sample)],

  ['condition: there is no site y', () => pipe(model, condition({ x, y: x }), c => elbo(guide)(c as never))],
  [
    'condition: site x: [4, 5] stands for [4, 3]',
    () => pipe(model, condition({ x: zeros([4, 5]) }), c => elbo(guide)(c as never)),
  ],
  [
    'condition: site x: i32 stands for f32',
    () => pipe(model, condition({ x: zeros([4, 3], 'i32') }), c => elbo(guide)(c as never)),
  ],

  ['logJoint: site x has no value', () => pipe(model, logJoint({ z }))],
  ['logJoint: there is no site y', () => pipe(model, logJoint({ z, x, y: x }))],
  ['logJoint: site z: [4, 3] stands for [4, 2]', () => pipe(model, logJoint({ z: x, x }))],

  ['elbo: the guide does not draw the latent site z', () => pipe(observed, elbo(Do))],
  ['elbo: the guide draws y, which is no latent site of the model', () => pipe(observed, elbo(stray))],
  ['elbo: site z: [4, 5] stands for [4, 2]', () => pipe(observed, elbo(flat))],
  [
    'elbo: site z: KL[Logistic ‖ Normal] has no closed form',
    () => pipe(single, condition({ x: zeros([4]) }), elbo(logistic, { divergences: 'closed' })),
  ],

  [
    'importanceWeighted: site z: no gradient passes through draws of Categorical; see elbo, or gradient: none',
    () => pipe(discrete, condition({ x: zeros([4]) }), importanceWeighted(ofCoin, { draws: 2 })),
  ],
  [
    'evidence: site z: Normal has no finite support to enumerate',
    () => pipe(single, condition({ x: zeros([4]) }), evidence),
  ],

  [
    'chainBound: site z: [4, 2] stands for [4, 3]',
    () => chainBound(gaussianEncoder(noise, 1)(z))({ latents: gaussianEncoder(noise, 1)(x), likelihood }, x),
  ],
]
