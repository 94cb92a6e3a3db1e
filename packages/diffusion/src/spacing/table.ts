import { exponential } from './exponential.js'
import { karrasSpacing } from './karras.js'
import { leading } from './leading.js'
import { linspace } from './linspace.js'
import type { Spacing } from './spacing.js'
import { trailing } from './trailing.js'

/** Every spacing by name, as it is without options. */
export const spacings = {
  linspace,
  leading,
  trailing,
  karras: karrasSpacing(),
  exponential,
} as const satisfies Readonly<Record<string, Spacing>>

export type SpacingName = keyof typeof spacings
