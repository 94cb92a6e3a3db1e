/**
 * The tables as rules of dependency-cruiser. Everything that a table does not admit is forbidden, so a new package or
 * folder has to be entered there.
 */
import { inTests, models, packages, tensorFolders, tools } from './tables.js'

const alternatives = names => names.map(name => name.replaceAll('.', '\\.')).join('|')
const outside = names => (names.length === 0 ? '' : `(?!(${alternatives(names)})(/|$))`)
const test = '\\.(test|testing)\\.ts$'

const packageRules = Object.entries(packages).flatMap(([name, admitted]) => {
  const rule = (from, may) => ({
    name: 'package-direction',
    comment: `${name} may import: ${may.join(', ') || 'no other package'}.`,
    severity: 'error',
    from,
    to: { path: `^(packages/${outside([name, ...may])}|apps/|tooling/)` },
  })
  const path = `^packages/${name}/`
  return [
    rule({ path, pathNot: test }, admitted),
    rule({ path: `${path}.*${test}` }, [...admitted, ...(inTests[name] ?? [])]),
  ]
})

const toolRules = Object.entries(tools).map(([name, admitted]) => ({
  name: 'package-direction',
  comment: `tooling/${name} may import: ${admitted.join(', ')}.`,
  severity: 'error',
  from: { path: `^tooling/${name}/` },
  to: { path: `^(packages/${outside(admitted)}|apps/)` },
}))

const tensor = '^packages/tensor/src/'
const folderRules = Object.entries(tensorFolders).map(([name, admitted]) => ({
  name: 'tensor-folder-direction',
  comment: `${name} may import: ${admitted.join(', ') || 'no other folder'}.`,
  severity: 'error',
  from: { path: `${tensor}${name}/`, pathNot: test },
  to: {
    path: `${tensor}${outside([name, ...admitted])}`,
    // `evaluate` opens the default backend when it is first needed.
    ...(name === 'runtime' ? { pathNot: `${tensor}backends/cpu/` } : {}),
  },
}))

export default {
  forbidden: [
    ...packageRules,
    ...toolRules,
    ...folderRules,
    {
      name: 'unlisted',
      comment: 'Enter the new package or folder in tooling/dependencies/src/tables.js.',
      severity: 'error',
      from: {
        path: [
          `^packages/${outside(Object.keys(packages))}`,
          `${tensor}${outside(Object.keys(tensorFolders))}[^/]+/`,
        ],
      },
      to: {},
    },
    {
      name: 'default-backend-is-lazy',
      comment:
        'runtime/ reaches the CPU backend by import() only, so that a program with another backend does not load it.',
      severity: 'error',
      from: { path: `${tensor}runtime/`, pathNot: test },
      to: { path: `${tensor}backends/`, dynamic: false },
    },
    {
      name: 'model-without-backend',
      comment: 'A model package imports no backend.',
      severity: 'error',
      from: { path: `^packages/(${alternatives(models)})/` },
      to: { path: [`${tensor}backends/`, '^packages/onnx/'] },
    },
    {
      name: 'by-package-name',
      comment: 'Import another package by its name and declared exports, never by a path into its files.',
      severity: 'error',
      from: { path: '^(packages|apps|tooling)/([^/]+)/' },
      to: { path: '^(packages|apps|tooling)/', pathNot: '^$1/$2/', dependencyTypes: ['local'] },
    },
    {
      name: 'not-exported',
      comment: 'The module does not exist, or its package does not export it.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '\\.generated\\.js$' },
    },
    {
      name: 'undeclared',
      comment: "Declare the dependency in this package's own package.json.",
      severity: 'error',
      from: { path: '^(packages|apps|tooling)/', pathNot: test },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'dev-dependency-at-run-time',
      comment: 'What the sources import at run time is a dependency or a peer dependency.',
      severity: 'error',
      from: { path: '^(packages|apps)/[^/]+/src/', pathNot: test },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['npm', 'npm-peer', 'type-only'] },
    },
    {
      name: 'no-cycle',
      comment: 'Modules that need each other at run time. Cycles of types alone do no harm.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only', 'dynamic-import'] } },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|out|coverage|assembly)/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@elbo/source', 'import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.d.ts', '.json'],
    },
  },
}
