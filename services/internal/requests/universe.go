package requests

import (
	"cmp"
	"os"
	"strings"
)

const (
	// DefaultUniverse is the domain of Google's public cloud.
	DefaultUniverse = "googleapis.com"
	// universeVariable is where cloud.google.com/go/auth looks for the domain.
	universeVariable = "GOOGLE_CLOUD_UNIVERSE_DOMAIN"
)

// Universe is the domain of the cloud whose hosts are reached. configured goes before the environment.
func Universe(configured string) string {
	return cmp.Or(configured, os.Getenv(universeVariable), DefaultUniverse)
}

// InUniverse is a host of Google's in the cloud of another domain. Other hosts stay as they are.
func InUniverse(host, universe string) string {
	if name, ok := strings.CutSuffix(host, "."+DefaultUniverse); ok {
		return name + "." + universe
	}
	return host
}
