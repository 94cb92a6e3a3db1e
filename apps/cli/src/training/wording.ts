/** A number with a true minus sign and a fixed number of digits. */
export const number = (value: number | undefined, digits = 1): string =>
  value === undefined ? '?' : value.toFixed(digits).replace('-', '−')

const whole = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 })
export const count = (value: number): string => whole.format(value)

export const plural = (n: number, thing: string): string => `${count(n)} ${thing}${n === 1 ? '' : 's'}`

export const seconds = (value: number): string =>
  value < 60 ? `${value.toFixed(1)} s` : `${Math.floor(value / 60)} min ${Math.floor(value % 60)} s`
