// Makes data/king-james/king-james.txt.gz: the King James Version, one verse a line without its number, an empty line between chapters. The text
// comes from the command `bible` of Debian's packages bible-kjv and bible-kjv-text. The output is the same on every machine: pako compresses,
// and writes no time stamp. The printed size and hash stand in src/text/king-james.ts.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzip } from 'pako'

const target = join(import.meta.dirname, '../data/king-james')
// -f: one verse a line, each after its place, as in "Ge1:3 And God said, Let there be light: and there was light."
const verses = execFileSync('bible', ['-f', 'gen1:1-rev22:21'], { encoding: 'ascii', maxBuffer: 2 ** 24 })
  .trimEnd()
  .split('\n')
  .map(line => /^(?<chapter>\w+):\d+ (?<verse>.*)$/.exec(line).groups)

const text = verses
  .map(({ chapter, verse }, i) =>
    i > 0 && chapter !== verses[i - 1].chapter ? `\n${verse}\n` : `${verse}\n`,
  )
  .join('')

mkdirSync(target, { recursive: true })
const file = gzip(text, { level: 9 })
writeFileSync(join(target, 'king-james.txt.gz'), file)
const sha256 = createHash('sha256').update(text).digest('hex')
console.log(`${file.length} bytes, ${text.length} of text, SHA-256 ${sha256}`)
