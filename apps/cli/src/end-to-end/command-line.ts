import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

/** The built command, as users start it. */
export const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url))

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  readonly process: ChildProcess
  readonly ended: Promise<Ended>
}

/** Plain text, whatever the surroundings say of colours: some libraries take the variable CI for a wish. */
const { FORCE_COLOR: _, ...surroundings } = process.env
const env = { ...surroundings, NO_COLOR: '1' }

export const start = (program: string, args: readonly string[], options: SpawnOptions = {}): Running => {
  const process = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env, ...options })
  let [stdout, stderr] = ['', '']
  process.stdout?.on('data', chunk => (stdout += String(chunk)))
  process.stderr?.on('data', chunk => (stderr += String(chunk)))
  const ended = new Promise<Ended>((resolve, reject) => {
    process.on('error', reject)
    process.on('close', (code, signal) => {
      resolve({ code, signal, stdout, stderr })
    })
  })
  return { process, ended }
}

/** `elbo …args`, to its end. */
export const elbo = (...args: readonly string[]): Promise<Ended> =>
  start(process.execPath, [main, ...args]).ended

/** The same under `ulimit -f`: no file may grow beyond so many KiB, as on a disk that is full. */
export const elboWithin = (kibibytes: number, ...args: readonly string[]): Promise<Ended> =>
  start('bash', ['-c', `ulimit -f ${kibibytes}; exec "$@"`, 'bash', process.execPath, main, ...args]).ended

/** A folder of its own for each test, and its end. */
export const temporaryFolder = () => {
  const path = mkdtempSync(join(tmpdir(), 'elbo-cli-'))
  return {
    path,
    at: (...names: readonly string[]) => join(path, ...names),
    remove: () => {
      rmSync(path, { recursive: true, force: true })
    },
  }
}

export interface Summary {
  readonly model: string
  readonly seed: number
  readonly epochs: number
  readonly trainElbo: number
  readonly testElbo: number
  readonly testReconstruction: number
  readonly testKl: number
  readonly secondsPerEpoch: number
  readonly backend: string
  readonly threads: number
  readonly weightsHash: string
}

/** Of `train gru`. */
export interface GruSummary {
  readonly steps: number
  readonly trainBitsPerCharacter: number
  readonly bitsPerCharacter: number
  readonly weightsHash: string
}

interface Header {
  readonly [path: string]: { readonly shape: readonly number[] }
}

/** What the header of the checkpoint in a folder says: the shapes by their paths, and the place in the data. */
export const checkpointOf = (out: string, file = 'vae.safetensors') => {
  const bytes = readFileSync(join(out, file))
  const { __metadata__, ...tensors } = JSON.parse(
    bytes.toString('utf8', 8, 8 + Number(bytes.readBigUInt64LE())),
  ) as { readonly __metadata__: { readonly cursor: string } }
  return { cursor: JSON.parse(__metadata__.cursor) as unknown, tensors: tensors as Header }
}

/** The object of `--json`: the last line of the standard output. */
export const summaryOf = <S = Summary>({ stdout }: Ended): S =>
  JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as S

/** Waits until the run in a folder has logged so many lines. */
export const linesLogged = async (out: string, count: number): Promise<void> => {
  const log = join(out, 'metrics.jsonl')
  while (!existsSync(log) || readFileSync(log, 'utf8').split('\n').length <= count) await delay(5)
}

/** The lines of metrics.jsonl; times, which differ from run to run, left out. */
export const metricsOf = (out: string): readonly object[] =>
  readFileSync(join(out, 'metrics.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => {
      const { seconds: _, ...rest } = JSON.parse(line) as Record<string, unknown>
      return rest
    })
