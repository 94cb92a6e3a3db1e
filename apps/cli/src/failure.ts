/**
 * Exit codes, after sysexits(3) where it has one. A run that a signal ended exits with 128 + the signal's number, as shells
 * count: 130 for Ctrl-C, 143 for SIGTERM.
 */
export const exitCodes = {
  /** Training stopped: a loss that is not a number. */
  diverged: 1,
  /** The command line is wrong. */
  usage: 64,
  /** A data file or a checkpoint is damaged, or is not the one this run needs. */
  data: 65,
  /** Something to be read is missing. */
  noInput: 66,
  /** The backend cannot run here. */
  unavailable: 69,
  /** A defect of this program. */
  software: 70,
  /** The output folder cannot be used. */
  cannotCreate: 73,
  /** Reading or writing failed: a full disk, a lost device. */
  io: 74,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** Why a command ends early: what happened, where, what to do, and the code that it exits with. */
export interface Failure {
  readonly message: string
  readonly exitCode: ExitCode
}

export const failure =
  (reason: keyof typeof exitCodes) =>
  (message: string): Failure => ({ message, exitCode: exitCodes[reason] })

/** The system's code of an error of Node's: `ENOSPC`, `EACCES`, … */
export const systemCode = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
