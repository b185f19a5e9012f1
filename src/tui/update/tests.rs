//! Tests of what keys and clicks do.
