// Package testsuite is what the users of awaitop test their own workflows with.
package testsuite
