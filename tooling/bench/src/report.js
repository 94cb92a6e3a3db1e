const plain = ms => (ms >= 100 ? ms.toFixed(0) : ms >= 1 ? ms.toFixed(2) : ms.toPrecision(3))

/** Rows as text in columns; numbers to the right. */
const columns = lines => {
  const widths = lines[0].map((_, i) => Math.max(...lines.map(line => line[i].length)))
  return lines
    .map(line =>
      line.map((text, i) => (i === 0 ? text.padEnd(widths[i]) : text.padStart(widths[i]))).join('  '),
    )
    .join('\n')
}

/** The table of one work. Ratios are to our CPU backend on as many threads: above 1, the other takes longer. */
export const tableOf = (work, { rows, left }) => {
  const own = threads =>
    rows.find(row => row.implementation === 'elbo-cpu' && row.threads === threads)?.medianMs
  const share = ({ ofCopy }) => (ofCopy === undefined ? '' : `${(100 * ofCopy).toFixed(0)}%`)
  const ratio = ({ medianMs }, to) => (to === undefined ? '' : `${(medianMs / to).toFixed(2)}×`)
  const header = [
    '',
    'threads',
    'median ms',
    'min',
    '±',
    'runs',
    'GFLOP/s',
    'peak MiB',
    'of it work',
    '/ own 1',
    '/ own 2',
  ]
  const lines = rows.map(row => [
    ...[row.implementation, String(row.threads), plain(row.medianMs), plain(row.minMs), plain(row.spreadMs)],
    ...[String(row.runs), row.gflops === undefined ? share(row) : row.gflops.toFixed(1)],
    ...[row.peakMiB?.toFixed(0) ?? '', row.workMiB?.toFixed(0) ?? ''],
    ...[ratio(row, own(1)), ratio(row, own(2))],
  ])
  const head =
    work.bytes === undefined ? header : header.map(text => (text === 'GFLOP/s' ? 'of a copy' : text))
  const notes = rows.flatMap(({ implementation, note }) =>
    note === undefined || note.startsWith('torch') ? [] : [`  ${implementation}: ${note}`],
  )
  return [
    `\n${work.name}`,
    columns([head, ...lines]),
    ...notes,
    ...left.map(text => `  left out: ${text}`),
  ].join('\n')
}

/** The smallest median of an implementation, whatever its threads. */
const better = (rows, implementation) =>
  rows
    .filter(row => row.implementation === implementation)
    .reduce((best, { medianMs }) => Math.min(best, medianMs), Infinity)

/** All works in one table: how long each implementation takes, at its better number of threads, for each millisecond of our CPU backend's. */
export const summaryOf = rows => {
  const names = [...new Set(rows.map(({ implementation }) => implementation))]
  const others = names.filter(name => name !== 'elbo-cpu')
  const works = [...new Set(rows.map(({ work }) => work))]
  const lines = works.map(work => {
    const among = rows.filter(row => row.work === work)
    const own = better(among, 'elbo-cpu')
    const cell = name => {
      const ratio = better(among, name) / own
      return Number.isFinite(ratio) ? `${ratio >= 100 ? ratio.toFixed(0) : ratio.toFixed(2)}×` : ''
    }
    return [work, Number.isFinite(own) ? plain(own) : '', ...others.map(cell)]
  })
  return [
    '\nTimes elbo-cpu, each at its better number of threads (above 1×, the other takes longer)',
    columns([['', 'elbo-cpu ms', ...others], ...lines]),
  ].join('\n')
}
