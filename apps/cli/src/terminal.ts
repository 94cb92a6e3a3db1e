import picocolors from 'picocolors'

export const isTerminal = (stream: NodeJS.WriteStream): boolean =>
  stream.isTTY && process.env['TERM'] !== 'dumb'

/** Colours where a person looks on, and has not declined them (https://no-color.org). */
export const colours = (stream: NodeJS.WriteStream) =>
  picocolors.createColors(isTerminal(stream) && (process.env['NO_COLOR'] ?? '') === '')
