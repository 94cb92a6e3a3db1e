/**
 * Trains every example configuration of the command line for a few hundred steps on the embedded images, and draws samples of each into a
 * folder, as docs/vae.md shows them.
 *
 *     node tooling/trainings/src/vae-pictures.js --steps 400 --out docs/pictures/vae
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cli } from 'cleye'

const { flags } = cli({
  name: 'vae-pictures',
  flags: {
    out: {
      type: String,
      default: 'docs/pictures/vae',
      description: 'Where the pictures go (docs/pictures/vae)',
    },
    only: { type: String, default: '', description: 'Names of configurations, such as flow,vamp (all)' },
    steps: { type: Number, default: 400, description: 'Steps of training (400)' },
    threads: { type: Number, default: 1, description: 'Threads (1)' },
  },
})

const cliFolder = fileURLToPath(new URL('../../../apps/cli/', import.meta.url))
const threads = ['--threads', String(flags.threads)]

const elbo = (...args) => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(cliFolder, 'dist/main.js'), ...args, ...threads],
    { encoding: 'utf8' },
  )
  if (status !== 0) throw new Error(`elbo ${args.join(' ')}: ${stderr}`)
  return stdout
}

/** What else is drawn of some. */
const further = {
  default: { interpolations: ['--interpolate', '4'], traversals: ['--traverse', '0,1,2,3'] },
  plane: { manifold: ['--manifold', '12'] },
}

/** Pictures from the prior, where they are not twenty: ten of each class. */
const counts = { conditional: 100 }

const names = readdirSync(join(cliFolder, 'configurations')).map(file => basename(file, '.json'))
const chosen = flags.only === '' ? names : flags.only.split(',')
mkdirSync(flags.out, { recursive: true })
for (const name of chosen) {
  const folder = mkdtempSync(join(tmpdir(), 'vae-pictures-'))
  const config = join(cliFolder, 'configurations', `${name}.json`)
  const trained = elbo(
    ...['train', 'vae', '--config', config, '--steps', String(flags.steps), '--out', folder, '--json'],
  )
  const { testElbo } = JSON.parse(trained.trimEnd().split('\n').at(-1))
  const extra = further[name] ?? {}
  elbo(
    'sample',
    'vae',
    folder,
    '--count',
    String(counts[name] ?? 20),
    '--out',
    folder,
    ...Object.values(extra).flat(),
  )
  for (const sheet of ['samples', ...Object.keys(extra)]) {
    const to = sheet === 'samples' ? name : `${name}-${sheet}`
    renameSync(join(folder, `${sheet}.png`), join(flags.out, `${to}.png`))
  }
  rmSync(folder, { recursive: true })
  console.log(`${name}: test ELBO ${testElbo.toFixed(1)} nats after ${flags.steps} steps`)
}
