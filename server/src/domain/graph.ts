/** Walking a graph that is given as "what comes after this node". */

/** Whether a node that satisfies `isGoal` can be reached from `start`, itself included. Nodes are told apart by `key`. */
export function reaches<N>(
  start: N,
  isGoal: (node: N) => boolean,
  next: (node: N) => readonly N[],
  key: (node: N) => string,
): boolean {
  const seen = new Set([key(start)]);
  const queue = [start];
  for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
    if (isGoal(node)) return true;
    for (const neighbour of next(node)) {
      const name = key(neighbour);
      if (seen.has(name)) continue;
      seen.add(name);
      queue.push(neighbour);
    }
  }
  return false;
}
