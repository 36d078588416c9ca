// Package lossy loses replies, for the examples' flag -lose-replies.
package lossy
