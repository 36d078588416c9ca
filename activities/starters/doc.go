// Package starters makes activities that start operations, out of functions that find and start them.
// A starter is the activity of a workflows.Step. With a starter of one's own, a saga starts, awaits
// and undoes the operations of any service.
//
//	worker.Options{Starters: map[string]starters.Activity{
//		"acme.CreateRepository": starters.Starter[CreateRepository]{
//			Service: "artifactregistry.googleapis.com",
//			Find:    findRepository,
//			Start:   createRepository,
//		},
//	}}
//
// An attempt to start can end at any instruction, and its reply can be lost. The next
// attempt has to adopt what the last one started, and nothing else. Each attempt:
//
//	Find ----> the caller's own? ----------------------------> adopt
//	  |        a stranger's?     ----------------------------> ALREADY_EXISTS
//	  v
//	heartbeat: what is there (the intent)
//	  |
//	  v
//	Start ---> an operation ---------------------------------> started
//	  |        the service's refusal ------------------------> failed, nothing was started
//	  v
//	an answer that leaves it open whether Start acted
//	  |
//	  v
//	Find ----> new since the intent -------------------------> adopt
//	           nothing --------------------------------------> try again later
//
// The functions tell what there is ([Seen]) and make the call. The package records the intent, decides
// which operation is the caller's, reads errors, waits between attempts, leaves input of a newer
// release to newer workers, and looks for what a canceled start has left.
//
// # Whose is it
//
// Best is a mark: a label, an operation id or a request id that is made of the key ([Want.Key]). Find
// then reports [Ours] or [Others]. Without a mark Find reports [Unmarked], and time decides: what was
// not there before the call is the caller's. After a workflow's retry, what is not older than the
// workflow is the caller's.
//
// # Errors
//
// The functions return the errors of an lro.Client: an [*lro.Error] for an answer of the service.
// Errors of gRPC clients are read as well. Any other error says nothing of the service. The start is
// then tried again, and its operation is looked for.
package starters
