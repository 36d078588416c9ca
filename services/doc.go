// Package services has a package for each way in which operations APIs are reached.
// Package [github.com/awaitop/awaitop/services/rest] speaks the standard shape,
// google.longrunning.Operations over HTTP and JSON. Each is an lro.Client.
package services
