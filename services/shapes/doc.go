// Package shapes reads operations of services whose form is not google.longrunning's: Compute
// Engine, Kubernetes Engine, Cloud SQL and Cloud DNS. What it returns has google.longrunning's form.
//
// The reply itself, without its error, becomes the operation's metadata. So nothing of it is lost,
// and lro.ProgressOf finds progress and times in it. An operation has no response: targetLink in its
// metadata names the resource that it made or changed.
//
// Deployment Manager, whose operations have Compute's form, is retired and is left out.
package shapes
