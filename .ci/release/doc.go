// Package release checks a release of the project before there is one: it publishes the checkout to a module
// proxy made of a folder, and then uses it as a user does.
//
// A release is two modules of one version: the library, and the binary, which requires the library. To release
// version V, require V of the library in the go.mod files of cmd/awaitop and examples, replace V in go.work, and
// put the tags V and cmd/awaitop/V on that commit.
//
// This package holds tests only. It is a module of its own, so that neither of the two modules requires its
// dependencies.
package release
