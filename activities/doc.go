// Package activities reads and controls long-running operations from Temporal activities: get,
// cancel, delete, list, and poll.
//
// PollOperation waits. It reads the operation in-process while the interval is short. Once the
// interval is long, it yields: it gives the wait to the Temporal server between reads. So a long wait
// holds no slot, and no wait adds history events. The other activities are single requests.
//
// [Activities.Register] registers the activities of sets, too. They serve workflows.AwaitAll, and their
// payloads are internal.
//
// The package reaches an API through an [lro.Client]. Package services/rest has the client for
// services of the uniform HTTP mapping, package testsuite a scripted one. Registered names and
// payloads are contracts, see names.go and testdata.
package activities
