// Package services has a package for each way to reach operations APIs. Each is an lro.Client.
// Package [github.com/awaitop/awaitop/services/rest] speaks the standard shape,
// google.longrunning.Operations over HTTP and JSON.
package services
