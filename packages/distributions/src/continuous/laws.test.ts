import { walk } from '../laws/laws.testing.js'
import { halfOpen, table } from './table.testing.js'

walk('continuous', { ...table, ...halfOpen })
