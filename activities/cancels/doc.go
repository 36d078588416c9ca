// Package cancels has the words for a cancel: how far its requests came ([Sent]), and what the service
// answered ([Result]). They stand apart because the cancel of one operation and that of a set share them.
package cancels
