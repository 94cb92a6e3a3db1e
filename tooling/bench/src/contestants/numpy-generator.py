"""NumPy's Generator as a contestant: its draws, in single precision where it has them."""
import numpy as np
import turns

generator = np.random.default_rng(1)


def draws(kind, sizes):
    n = sizes['n']
    if kind == 'normal': return lambda: generator.standard_normal(n, dtype='f4')
    if kind == 'gamma': return lambda: generator.standard_gamma(sizes['concentration'], n, dtype='f4')
    if kind == 'poisson': return lambda: generator.poisson(sizes['rate'], n)
    return lambda: generator.choice(len(sizes['probs']), n, p=sizes['probs'])


def set_up(task, _):
    draw, last = draws(task['kind'], task['sizes']), [None]

    def step(): last[0] = draw()
    return {'step': step, 'result': lambda: last[0], 'note': f'NumPy {np.__version__}'}


turns.serve(set_up)
