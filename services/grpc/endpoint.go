package grpc

import (
	"cmp"
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/awaitop/awaitop/catalog"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/internal/requests"
)

// endpoint is where a connection goes.
type endpoint struct {
	address string // host:port
	plain   bool   // without TLS
}

const wantEndpoint = "host, host:port, or a URL such as http://127.0.0.1:9010 without a path"

// endpoint reads Endpoint, or finds the service's global one.
func (o Options) endpoint() (endpoint, error) {
	text := o.Endpoint
	if text == "" {
		if slices.ContainsFunc(catalog.ServicesAt(o.Service), func(s *catalog.Service) bool { return s.Located && s.Host == o.Service }) {
			return endpoint{}, &lro.InvalidError{Field: "endpoint", Want: "the host of a region, because " + o.Service + " has no other", Problem: "is missing"}
		}
		text = requests.InUniverse(o.Service, requests.Universe(o.UniverseDomain))
	}
	scheme, rest, ok := strings.Cut(text, "://")
	if !ok {
		scheme, rest = "https", text
	}
	u, err := url.Parse(scheme + "://" + rest)
	switch {
	case err != nil:
		return endpoint{}, &lro.InvalidError{Field: "endpoint", Value: "...", Want: wantEndpoint, Problem: "is no endpoint"}
	case u.Scheme != "https" && u.Scheme != "http", u.Hostname() == "", u.User != nil, strings.Trim(u.Path, "/") != "", u.RawQuery != "", u.ForceQuery, u.Fragment != "":
		return endpoint{}, &lro.InvalidError{Field: "endpoint", Value: u.Scheme + "://" + u.Host, Want: wantEndpoint, Problem: "is no endpoint"}
	case u.Scheme == "http" && !o.WithoutAuthentication && !isLoopback(u.Hostname()):
		return endpoint{}, &lro.InvalidError{Field: "endpoint", Value: text, Want: "TLS, a loopback address, or WithoutAuthentication", Problem: "would send credentials without TLS"}
	}
	port := map[string]string{"https": "443", "http": "80"}[u.Scheme]
	return endpoint{address: net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), port)), plain: u.Scheme == "http"}, nil
}

// isLoopback reports whether requests to host stay on this machine.
func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}
