import type { Step } from './saga.js';

const instances = 'alloydb.projects.locations.clusters.instances.create';

/** The steps that make a cluster of AlloyDB with its primary instance and a read pool. */
export function clusterSteps(cluster: string): Step[] {
  return [
    { method: 'alloydb.projects.locations.clusters.create', target: cluster, request: { body: { initialUser: { user: 'postgres' } } } },
    { method: instances, target: `${cluster}/instances/primary`, request: { body: { instanceType: 'PRIMARY' } } },
    { method: instances, target: `${cluster}/instances/pool`, request: { body: { instanceType: 'READ_POOL' } } },
  ];
}
