// Package simulate compares poll schedules: how many reads each makes of an
// operation, and how long after its end it sees that. No server and no clock is
// involved, and the same seed gives the same figures.
//
// Awaitop's own rows run its code, [poller.Schedule] with the default
// [lro.PollPolicy]. The others are the schedules of what else awaits operations:
//
//   - cloud.google.com/go/longrunning, Operation.Wait: reads at once, then after
//     1 s, doubled up to 60 s, each a random part of that ("full jitter");
//   - google-api-core of Python, Operation.result: at once, then after 1 s,
//     1.5 times as long up to 20 s, full jitter;
//   - java-spanner: first after 1 s (CreateDatabase, UpdateDatabaseDdl) or 20 s
//     (CreateInstance, CreateBackup, RestoreDatabase), then after as long again,
//     then 1.5 times as long up to 45 s;
//   - Terraform's waiter: at once, then every 10 s;
//   - the connectors of Google Cloud Workflows: first after 1 s, then after as
//     long again, then 1.25 times as long up to 60 s.
//
// An operation begins when its wait does. Its duration is drawn uniformly from
// 25% below to 25% above the column's; reads take no time.
package simulate
