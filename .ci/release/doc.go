// Package release checks a release of the project before there is one: it publishes the checkout to a module
// proxy made of a folder, and then uses it as a user does.
//
// A release is two modules of one version: the library, and the binary, which requires the library. CONTRIBUTING.md says
// how to make one.
//
// This package holds tests only. It is a module of its own, so that neither of the two modules requires its
// dependencies.
package release
