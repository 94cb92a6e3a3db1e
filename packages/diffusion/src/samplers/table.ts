import type { Sampler } from '../sampling/sampler.js'
import { ancestral } from './ancestral.js'
import { ddim } from './ddim.js'
import { dpmSolver2m } from './dpm-solver-2m.js'
import { dpmSolver2mSde } from './dpm-solver-2m-sde.js'
import { euler } from './euler.js'
import { eulerAncestral } from './euler-ancestral.js'
import { flowEuler } from './flow-euler.js'
import { flowHeun } from './flow-heun.js'
import { heun } from './heun.js'
import { lms } from './lms.js'
import { uniPc } from './unipc.js'

/** Every sampler by the name of its file, as it is without options. */
export const samplers = {
  ancestral: ancestral(),
  ddim: ddim(),
  'dpm-solver-2m': dpmSolver2m(),
  'dpm-solver-2m-sde': dpmSolver2mSde(),
  euler: euler(),
  'euler-ancestral': eulerAncestral(),
  'flow-euler': flowEuler(),
  'flow-heun': flowHeun(),
  heun: heun(),
  lms: lms(),
  unipc: uniPc(),
} as const satisfies Readonly<Record<string, Sampler>>

export type SamplerName = keyof typeof samplers
