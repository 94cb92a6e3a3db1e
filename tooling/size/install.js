/**
 * Packs `@elbo/tensor` and installs the package into an empty folder, from nothing but the package itself. Fails where it brings anything
 * besides its peer fp-ts, builds anything, or takes more room on disk than budget.json allows.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const source = fileURLToPath(new URL('../../packages/tensor', import.meta.url))
const { installedBytes: budget } = JSON.parse(readFileSync(new URL('budget.json', import.meta.url), 'utf8'))

const npm = (args, cwd) => {
  const { status, stdout, stderr } = spawnSync('npm', args, { cwd, encoding: 'utf8' })
  if (status !== 0) throw new Error(`npm ${args.join(' ')}: ${stderr}`)
  return stdout
}

/** What a folder takes on disk: files take whole blocks. */
const onDisk = path =>
  readdirSync(path, { recursive: true })
    .map(name => statSync(join(path, name)))
    .reduce((sum, { blocks, size }) => sum + (blocks === undefined ? size : blocks * 512), 0)

const folder = mkdtempSync(join(tmpdir(), 'elbo-install-'))
try {
  const [{ filename }] = JSON.parse(npm(['pack', '--json', '--pack-destination', folder], source))
  writeFileSync(join(folder, 'package.json'), '{ "private": true }')
  // Peers are the application's; what else it needs could not be had offline.
  npm(['install', '--offline', '--legacy-peer-deps', '--no-audit', '--no-fund', filename], folder)
  const { packages } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'))
  const names = Object.keys(packages).filter(name => name !== '')
  const bytes = onDisk(join(folder, 'node_modules/@elbo'))
  const [{ peerDependencies = {}, hasInstallScript = false }] = names.map(name => packages[name])
  const faults = [
    ...(names.length === 1 ? [] : [`it brings ${names.join(', ')}`]),
    ...(Object.keys(peerDependencies).join() === 'fp-ts' ? [] : ['its peers are not fp-ts alone']),
    ...(hasInstallScript ? ['it builds when it is installed'] : []),
    ...(bytes <= budget ? [] : ['it takes more than its budget in tooling/size/budget.json']),
  ]
  const MB = n => `${(n / 1e6).toFixed(2)} MB`
  console.log(
    `${faults.length === 0 ? '✓' : '✗'} the package, installed: ${MB(bytes)} of ${MB(budget)} on disk`,
  )
  for (const fault of faults) console.log(`  ${fault}`)
  if (faults.length > 0) process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
