// Package catalog has Google's long-running operations as data: which services run them, what their
// names look like, which requests read, list, cancel, delete and wait for them, and which methods
// start them and how.
//
// The data is two text files. catalog.txt is generated from Google's discovery documents. hand.txt
// is written by hand where the documents lack something or are wrong, and says why; its lines
// override those of catalog.txt. All that the catalog says is what the documents say. None of it was
// tried on a live service. Which metadata an operation has is an estimate, because no document tells
// it.
//
// # Services and versions
//
// A [Service] is one version of a service. The catalog has every stable version, because a newer one
// is often another API, and of a service without a stable version the newest. [ServicesAt] finds
// services by host, also by a regional one.
//
// # Operations
//
// A [Collection] is one kind of operations of a service. [CollectionsAt] finds it by an operation's
// name; [Collection.Get] and its siblings are the request lines.
//
// # Start methods
//
// [Find] finds a [Method] by its id, such as "alloydb.projects.locations.clusters.create". Where
// versions differ the id needs its version: "notebooks/v2:notebooks.projects.locations.instances.create".
//
// # Cost
//
// The files are read when the package is first used, and only for the places of their services. A
// service is parsed when its collections or methods are first asked for. All functions are safe for
// concurrent use. What they return is shared: do not change it.
package catalog
