import type { SamplerName, SpacingName } from '@elbo/diffusion'

/** Names are told here again, exactly all of them, so that reading a command line loads no models. */
const everySampler: Readonly<Record<SamplerName, null>> = {
  ancestral: null,
  ddim: null,
  'dpm-solver-2m': null,
  'dpm-solver-2m-sde': null,
  euler: null,
  'euler-ancestral': null,
  'flow-euler': null,
  'flow-heun': null,
  heun: null,
  lms: null,
  unipc: null,
}

const everySpacing: Readonly<Record<SpacingName, null>> = {
  linspace: null,
  leading: null,
  trailing: null,
  karras: null,
  exponential: null,
}

export const samplerNames = Object.keys(everySampler) as readonly SamplerName[]
export const spacingNames = Object.keys(everySpacing) as readonly SpacingName[]

/** The samplers whose noise can be chosen. */
export const withEta = [
  'ddim',
  'dpm-solver-2m-sde',
  'euler-ancestral',
] as const satisfies readonly SamplerName[]
export type WithEta = (typeof withEta)[number]

export const hasEta = (name: SamplerName): name is WithEta => withEta.some(each => each === name)

/** `static`: each intensity within its ends; `dynamic`: most of an image's, which is scaled for it (Saharia et al. 2022). */
export const thresholdNames = ['none', 'static', 'dynamic'] as const
export type Threshold = (typeof thresholdNames)[number]
