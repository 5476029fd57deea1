//go:build tools

// Package tools lists the programs that the lab builds from this module.
package tools

import (
	_ "github.com/cloudnativelabs/kube-router/v2/cmd/kube-router"
)
