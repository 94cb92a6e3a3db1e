import type { Metrics } from '@elbo/train'

/** A number with a true minus sign and a fixed number of digits. */
export const number = (value: number | undefined, digits = 1): string =>
  value === undefined ? '?' : value.toFixed(digits).replace('-', '−')

const whole = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 })
export const count = (value: number): string => whole.format(value)

export const seconds = (value: number): string =>
  value < 60 ? `${value.toFixed(1)} s` : `${Math.floor(value / 60)} min ${Math.floor(value % 60)} s`

/** The bound and its two terms, in nats per image. */
export const bound = (metrics: Metrics): string =>
  `ELBO ${number(metrics['elbo'])} (reconstruction ${number(metrics['reconstruction'])}, KL ${number(metrics['kl'])})`
